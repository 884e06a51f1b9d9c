"""The inventory (台账): lines, columns, filter, cells and the panel that shows them."""
