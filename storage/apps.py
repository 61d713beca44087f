"""Storage: where bytes are kept, a folder or S3. It knows no row and nothing of what it keeps."""

from django.apps import AppConfig


class StorageConfig(AppConfig):
    name = "storage"
