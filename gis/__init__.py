"""What is done with geometry and rasters. No Qt, no sentences for people beyond the templates of errors and notices."""
