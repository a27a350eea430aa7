import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "src"))
from total import total


class TotalTest(unittest.TestCase):
    def test_receipt(self):
        self.assertEqual(total([(250, 2), (199, 1)]), 699)

    def test_nothing(self):
        self.assertEqual(total([]), 0)


if __name__ == "__main__":
    unittest.main()
