declare module 'swiftmessageparser' {
  interface Decimal {
    times(factor: number): Decimal;
    toFixed(digits: number): string;
  }
  interface Transaction {
    readonly amount: Decimal;
    readonly entryDate: Date;
  }
  export function parse(input: {
    readonly type: 'mt940' | 'mt942';
    readonly data: string;
  }): readonly { readonly transactions: readonly Transaction[] }[];
}
