"""The staff console's and the portal's common look: layout, components, forms."""
