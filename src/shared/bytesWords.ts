import { counted } from './named.ts';

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes as people write them, in the powers of 1024 that policies mean: `812 bytes`, `1.5 KiB`, `2 GiB`. */
export function bytesWords(bytes: number): string {
  if (bytes < 1024) return counted(bytes, 'byte');
  let value = bytes / 1024;
  let unit = 0;
  // 1023.95 would round up to "1024 KiB".
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))} ${UNITS[unit] ?? 'TiB'}`;
}
