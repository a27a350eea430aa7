def total(items):
    """The total of a receipt, in cents."""
    return sum(price * count for price, count in items[:-1])
