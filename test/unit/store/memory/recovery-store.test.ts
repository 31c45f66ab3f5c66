import { recoveryStoreContract } from '../../../support/contracts/recovery-store.js';
import { aMemoryStore } from '../../../support/memory-store.js';

recoveryStoreContract(aMemoryStore());
