"""Qualifications: which there are, another, and the grades of one."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import StaffRequest
from board import qualifications
from board.forms.qualifications import QualificationForm
from centres.models import Qualification


@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    found = Qualification.objects.annotate(syllabuses_in_it=Count("syllabuses"))
    return render(request, "board/qualifications.html", {"qualifications": found})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    form = QualificationForm(request.POST or None)
    if form.is_valid():
        qualifications.add(form.instance, by=request.user)
        messages.success(request, f"{form.instance} is added.")
        return redirect("board:qualifications")
    return render(request, "board/qualification.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def change_grades(request: StaffRequest, name: str) -> HttpResponse:
    found = get_object_or_404(Qualification, name=name)
    form = QualificationForm(request.POST or None, instance=found)
    if form.is_valid():
        grades = form.cleaned_data["grades"]
        qualifications.change_grades(found, grades=grades, by=request.user)
        messages.success(request, f"The grades of {found} are saved.")
        return redirect("board:qualifications")
    return render(request, "board/qualification.html", {"form": form, "qualification": found})
