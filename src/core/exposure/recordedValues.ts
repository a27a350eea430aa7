import { cutVisibly } from '../../shared/cut.ts';
import { isJsonObject, type Json } from '../../shared/json.ts';

// What a log holds may have been written by an earlier version, or by somebody else: nothing of it is taken for granted.

const MOST_WORDS = 300;

export function countIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A short text; what is too long says so. */
export function wordIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? cutVisibly(value, MOST_WORDS) : undefined;
}

export function objectIn(value: unknown): Record<string, Json> | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** A sum that stays a number that JSON can hold. */
export function sumOf(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}
