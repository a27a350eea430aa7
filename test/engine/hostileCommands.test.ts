import { everyLineIsDecided } from '../support/commandTables.ts';

// A file of its own: the longest table takes as long as all the others, and two workers share them.
everyLineIsDecided([{ name: 'hostile', least: 1400 }]);
