"""What tests need to run: databases, fakes of far services, capabilities."""
