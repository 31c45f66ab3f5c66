import { isAbsolute } from 'node:path';
import { text } from '../fields.js';

export const DIR = 'the absolute path of a folder with a Terraform configuration';

export const folderOfConfiguration = text(DIR).refine((path) => isAbsolute(path), { error: DIR });
