"""Other people's houses over our reader."""
