import { OPEN_DEPOSIT_STATES } from '../../domain/ledger/deposit.ts';
import { literals } from '../param.ts';

/** For `state in ${OPEN_STATES}`, as the index `deposits_open` has it. */
export const OPEN_STATES = literals(OPEN_DEPOSIT_STATES);
