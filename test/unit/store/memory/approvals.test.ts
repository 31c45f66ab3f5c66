import { approvalsContract } from '../../../support/contracts/approvals.js';
import { aMemoryStore } from '../../../support/memory-store.js';

approvalsContract(aMemoryStore());
