"""Live partition mobility: a partition moves to another managed system while it runs."""
