import { config } from 'zod';

// The page's content security policy forbids `new Function`, and zod's attempt at it would be reported.
config({ jitless: true });
