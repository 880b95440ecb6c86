"""What every Caresmith feature stands on. Import the module you need: nothing loads eagerly."""
