"""What tests need to run: databases, fakes of outside services, and checks of what is installed."""
