/** While it is being put together, field by field: at every tick, copies would take several times as long. */
export type Mutable<Type> = { -readonly [Field in keyof Type]: Type[Field] };
