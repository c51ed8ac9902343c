"""Files that are uploaded in a form. All functions but ``can_upload`` and ``selector`` block."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import FileSelector, FileSelectorConfig

from ..keys.thumbprint import read_thumbprint

_COMPONENT: Final = "file_upload"
_MAX_BYTES: Final = 1_048_576
_ACCEPT: Final = (
    ".pem,.crt,.cer,.cert,.der,.key,application/x-pem-file,application/x-x509-ca-cert,application/pkix-cert"
)


class UploadError(ValueError):
    """A file could not be read. ``code`` is the translation key."""

    def __init__(self, code: str) -> None:
        """Create the error from its translation key."""
        super().__init__(code)
        self.code = code


def can_upload(hass: HomeAssistant) -> bool:
    """Return whether Home Assistant's frontend can upload files."""
    return _COMPONENT in hass.config.components


def selector() -> FileSelector:
    """Return the field for a certificate or a private key."""
    return FileSelector(FileSelectorConfig(accept=_ACCEPT))


def read(hass: HomeAssistant, file_id: str) -> bytes:
    """Return the content of an uploaded file, and remove the file.

    Raises:
        UploadError: The file is gone or too large.

    """
    from homeassistant.components.file_upload import process_uploaded_file  # noqa: PLC0415 - it may not be installed

    try:
        with process_uploaded_file(hass, file_id) as path, path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as err:
        raise UploadError("upload_missing") from err
    if len(content) > _MAX_BYTES:
        raise UploadError("upload_too_large")
    return content


def thumbprint(hass: HomeAssistant, file_id: str) -> str:
    """Return the thumbprint of an uploaded certificate.

    Raises:
        UploadError: The file is gone, or is not a certificate.

    """
    content = read(hass, file_id)
    try:
        return read_thumbprint(content)
    except ValueError as err:
        raise UploadError("invalid_certificate") from err
