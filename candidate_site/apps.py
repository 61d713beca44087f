from django.apps import AppConfig


class CandidateSiteConfig(AppConfig):
    name = "candidate_site"
    verbose_name = "Candidate site"
