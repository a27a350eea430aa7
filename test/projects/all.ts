import { COMPILED } from './compiled.ts';
import { JAVASCRIPT } from './javascript.ts';
import type { RealProject } from './project.ts';
import { PYTHON } from './python.ts';
import { REPOSITORIES } from './repositories.ts';

export const PROJECTS: readonly RealProject[] = [...JAVASCRIPT, ...PYTHON, ...COMPILED, ...REPOSITORIES];
