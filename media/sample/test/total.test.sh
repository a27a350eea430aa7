got=$(printf '250 2\n199 1\n' | sh "$(dirname "$0")/../src/total.sh")
if [ "$got" = 699 ]; then
  echo "ok"
else
  echo "not ok: expected 699, got $got"
  exit 1
fi
