"""Speech to text: one interface, Deepgram and a local Whisper model."""
