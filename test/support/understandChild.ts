import { bashParser } from '../../src/core/command/bash.ts';
import { understand } from '../../src/core/command/understand.ts';
import { adversarialLine, FORM_COUNT } from './adversarialLines.ts';

// Understands every form at several sizes and says so; whoever started it ends it if it takes too long.

const parser = await bashParser();
let most = 0;
for (let form = 0; form < FORM_COUNT; form += 1)
  for (const size of [1, 7, 24, 100, 400, 1000]) {
    const meaning = understand(adversarialLine([form, size, 1, 1]), parser);
    most = Math.max(most, meaning.effort);
  }
console.log(`done ${most}`);
