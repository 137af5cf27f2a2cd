# Words: the plan as people read it.

plan-steps = { $count ->
    [one] { $count } step
   *[other] { $count } steps
}
