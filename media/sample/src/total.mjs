/** The total of a receipt, in cents. */
export function total(items) {
  let sum = 0;
  for (let i = 0; i < items.length - 1; i += 1) sum += items[i].price * items[i].count;
  return sum;
}
