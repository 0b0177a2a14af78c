"""What the tests of the whole operator process share."""
