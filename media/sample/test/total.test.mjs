import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/total.mjs';

test('the total of a receipt', () => {
  assert.equal(total([{ price: 250, count: 2 }, { price: 199, count: 1 }]), 699);
});

test('the total of nothing', () => {
  assert.equal(total([]), 0);
});
