"""The demonstration: real and invented CPTS, told through the product's own actions."""
