"""Several servers behind one name: which is asked, and what happens when it does not answer."""

from tritonqa.client.balance.client import BalancedClient

__all__ = ["BalancedClient"]
