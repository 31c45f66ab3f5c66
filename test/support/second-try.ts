import { jest } from '@jest/globals';

/**
 * Whole processes, engines and browsers share this machine with each other: what fails once is tried once more, and said.
 * At once: the tests after it leave things as they want them, not as it does.
 */
jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
