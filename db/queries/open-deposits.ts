import { OPEN_DEPOSIT_STATES } from '../../domain/ledger/deposit.ts';
import { literals } from '../param.ts';

/** For `state in ${OPEN_STATES}`, the same list as in the index `deposits_open`. */
export const OPEN_STATES = literals(OPEN_DEPOSIT_STATES);
