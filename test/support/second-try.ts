import { jest } from '@jest/globals';

/** Whole processes, engines and browsers share this machine with each other: what fails once is tried once more, and said. */
jest.retryTimes(1, { logErrorsBeforeRetry: true });
