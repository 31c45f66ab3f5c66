/** For tests of an extension: `import { actionsOf, testAction } from 'reviver/testing'`. */
export { actionsOf, strategiesOf } from './app/extensions/trial/parts.js';
export { type Trial, type TrialOptions, testAction } from './app/extensions/trial/test-action.js';
