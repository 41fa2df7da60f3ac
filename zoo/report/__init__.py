"""What a person takes away: all that was computed for one study, as one HTML page and one JSON file."""
