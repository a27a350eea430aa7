# Prints the total of a receipt, in cents: one price and count a line on standard input.
sum=0
while read -r price count; do
  sum=$((sum + price))
done
echo "$sum"
