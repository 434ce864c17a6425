"""What every mesh that speaks the Gateway API has in common; names no mesh."""
