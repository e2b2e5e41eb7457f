"""Tables, cameras and lamps that nothing was trained on."""
