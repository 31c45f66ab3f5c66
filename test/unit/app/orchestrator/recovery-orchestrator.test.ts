import { orchestratorContract } from '../../../support/contracts/orchestrator.js';

/** In memory: nothing else is needed. */
orchestratorContract(() => ({}));
