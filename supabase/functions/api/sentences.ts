// Written by `python -m devstack.sentences`; change worker/sentences/en.json instead.

export const REFUSALS = {
  "budget_reached": {
    "message": "The limit for paid work is reached.",
    "action": "Try again later.",
  },
  "conflict": {
    "message": "This cannot be run in the state that it is in.",
    "action": "Wait until it has ended.",
  },
  "forbidden": { "message": "Something named here is not yours to use." },
  "forbidden.folder": {
    "message": "The recording must be in your own folder.",
    "action": "Upload it again.",
  },
  "internal": { "message": "Something went wrong on our side.", "action": "Try again later." },
  "invalid_json": { "message": "The request is not JSON." },
  "invalid_request": {
    "message": "Something is missing or wrong.",
    "action": "Correct it and try again.",
  },
  "method_not_allowed": {
    "message": "This address is not used in this way.",
    "action": "Use {methods} here.",
  },
  "not_found": { "message": "This is no longer there.", "action": "Reload the page." },
  "too_large": { "message": "This is larger than 1 MB.", "action": "Make it smaller." },
  "too_many_open_rows": {
    "message": "Too much is waiting or running.",
    "action": "Let some of it finish first.",
  },
  "too_many_runs": {
    "message": "This was run again as often as one day allows.",
    "action": "Try again later.",
  },
  "unauthorized": {
    "message": "You are not signed in, or your session has expired.",
    "action": "Sign in again.",
  },
  "unavailable": { "message": "The database does not answer.", "action": "Try again shortly." },
  "unprocessable": {
    "message": "A value is missing, or outside of what is allowed.",
    "action": "Correct it and try again.",
  },
  "unsupported_media": {
    "message": "This is not a recording that can be analysed.",
    "action": "Use mp3, mp4, m4a, aac, wav, flac, pcm, ogg, opus or webm.",
  },
  "unsupported_media_type": { "message": "The request is not sent as JSON." },
  "url_refused": {
    "message": "This address cannot be opened.",
    "action": "Check it, or paste the text instead.",
  },
  "url_refused.credentials": {
    "message": "This address carries a user name or a password.",
    "action": "Remove them from the address.",
  },
  "url_refused.port": {
    "message": "This address names a door of the site that is not opened here.",
    "action":
      "Use an address without a number after the name of the site, or paste the text instead.",
  },
  "url_refused.private": {
    "message": "This address leads into a private network.",
    "action": "Use an address that anybody can open, or paste the text instead.",
  },
} as const;

export const FIELDS = {
  "address": "must be an address that begins with http:// or https://",
  "audio_file":
    "must name a file of one of the types mp3, mp4, aac, wav, flac, pcm, m4a, ogg, opus and webm, directly in your folder",
  "body": "must be an object",
  "company": "must be a name, or companyName and companyUrl",
  "empty": "must not be empty",
  "flag": "must be true or false",
  "language": "must be a BCP 47 code such as en or de-AT",
  "list": "must be a list",
  "name": "must be a name of lower-case letters, digits and underscores",
  "negative": "must not be negative",
  "not_filled_in": "names a column that the worker does not fill in",
  "not_storable": "must be Unicode text without the character NUL",
  "nothing": "must name at least one field",
  "number": "must be a number",
  "own_folder": "must begin with your own id and a slash",
  "required": "is required",
  "speaker": "must be a number or a name",
  "stored": "must take at most {most} bytes",
  "text": "must be a text",
  "too_large": "is too large",
  "too_long": "must have at most {most} characters",
  "too_many_bytes": "must have at most {most} bytes",
  "too_many_companies": "must name at most {most} companies",
  "too_many_paragraphs": "must have at most {most} paragraphs",
  "too_many_rows": "must name at most {most} rows",
  "unknown": "is not a field of this request",
  "uuid": "must be a UUID",
  "whole": "must be a whole number",
} as const;
