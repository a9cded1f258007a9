from django.apps import AppConfig
from django.conf import settings


class FilesConfig(AppConfig):
    name = "qinglian.capabilities.files"
    label = "files"
    fence = {"files_storedfile": "open"}  # hash, kind and size; who holds one: cases.apps
    jobs = ["qinglian.capabilities.files.actions.sweep"]

    def ready(self) -> None:
        from qinglian.capabilities.files.scanning import address

        if settings.FILE_SCANNER:
            address(settings.FILE_SCANNER)  # a wrong one stops everything here, and says why
