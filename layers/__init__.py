"""What each map layer is: fields, geometry, style, legend words. Declarative; one file a layer type."""
