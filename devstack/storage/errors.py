"""The errors of Storage, in the words of the real one (storage-api 1.66)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class StorageError(Exception):
    """A refused request. `status` is in the body; the HTTP status is 400, except for a 500."""

    def __init__(self, status: int, code: str, message: str, error: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.error = error or code


def access_denied(message: str) -> StorageError:
    """There is no valid token, or a policy refuses."""
    return StorageError(403, "AccessDenied", message, "Unauthorized")


def no_such_bucket() -> StorageError:
    return StorageError(404, "NoSuchBucket", "Bucket not found", "Bucket not found")


def no_such_object() -> StorageError:
    """The object does not exist, or the caller may not see it; both have the same error."""
    return StorageError(404, "NoSuchKey", "Object not found", "not_found")


def already_exists() -> StorageError:
    return StorageError(409, "KeyAlreadyExists", "The resource already exists", "Duplicate")


def too_large() -> StorageError:
    message = "The object exceeded the maximum allowed size"
    return StorageError(413, "EntityTooLarge", message, "Payload too large")


def invalid_mime_type(mime_type: str) -> StorageError:
    message = f"mime type {mime_type} is not supported"
    return StorageError(415, "InvalidMimeType", message, "invalid_mime_type")


def invalid_key(name: str) -> StorageError:
    return StorageError(400, "InvalidKey", f"Invalid key: {name}")


def invalid_request(message: str) -> StorageError:
    return StorageError(400, "InvalidRequest", message)


async def answer_error(_request: Request, error: Exception) -> Response:
    """The answer for an error, in the form that the clients of Storage read."""
    assert isinstance(error, StorageError)
    body = {
        "statusCode": str(error.status),
        "code": error.code,
        "error": error.error,
        "message": error.message,
    }
    return JSONResponse(body, 500 if error.status == 500 else 400)
