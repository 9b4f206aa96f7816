import type { EvidenceFact } from '../review/suggest.ts';

/** The sentence that a reviewer reads. */
export function evidenceInWords(fact: EvidenceFact): string {
  switch (fact.kind) {
    case 'code_repaired':
      return 'The reference holds this customer’s code, or becomes it with a small repair.';
    case 'code_mistyped':
      return 'The reference differs from this customer’s code in one digit, or in two that are swapped.';
    case 'payer_account':
      return `${confirmed(fact.times, 'from this payer’s account')}${fact.isShared ? ', others for another one' : ''}.`;
    case 'payer_name':
      return `${confirmed(fact.times, 'under this payer’s name')}.`;
    case 'same_amount':
      return `This customer has paid exactly this amount ${counted(fact.times, 'time')} before.`;
    case 'rhythm':
      return `It comes as regularly as this customer’s earlier ones, after ${fact.days} days.`;
    case 'claim':
      return 'This customer says to have paid this amount around this day.';
  }
}

function confirmed(times: number, by: string): string {
  return `${counted(times, 'payment')} ${by} ${times === 1 ? 'was' : 'were'} confirmed for this customer`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
