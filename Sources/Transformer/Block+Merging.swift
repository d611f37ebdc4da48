internal import Kernels
internal import Tensors

extension Block {
    /// The block with tokens merged: `x` keeps all of its tokens, and what the parts add is computed on merged tokens and
    /// given to each token of a group alike.
    ///
    /// A merged token is the mean of its group and has the position of the group's leader.
    func merging(
        _ x: inout Tensor, at time: TimeConditions, over memory: BlockMemory, rope: RotaryTable, by matcher: TokenMatcher
    ) throws {
        let (first, last) = modulation(time.projection)
        let tokens = norm1(x, by: first)
        let groups = matcher.match(tokens, on: workers)
        let rope = rope.gathered(rows: groups.leaders, on: workers)
        if X.form == "whole" {
            let before = x.averaged(over: groups, on: workers)
            var y = before
            try selfAttention(norm1(y, by: first), rope: rope, bias: X.bias ? groups.logSizes : nil, addedTo: &y, gatedBy: first.gate)
            try crossAttention(norm2(y), over: memory, addedTo: &y)
            try feedForward(norm3(y, by: last), addedTo: &y, gatedBy: last.gate)
            y = Tensor.sum([(1, y), (-1, before)])
            x.add(y, toRowsOf: groups, on: workers)
            return
        }
        func add(_ tokens: Tensor, _ part: (Tensor, inout Tensor) throws -> Void) throws {
            var sum = Tensor(shape: [groups.count, x.width])
            try part(tokens.averaged(over: groups, on: workers), &sum)
            x.add(sum, toRowsOf: groups, on: workers)
        }
        try add(tokens) { try selfAttention($0, rope: rope, bias: X.bias ? groups.logSizes : nil, addedTo: &$1, gatedBy: first.gate) }
        if X.form == "nocross" {
            try crossAttention(norm2(x), over: memory, addedTo: &x)
        } else {
            try add(norm2(x)) { try crossAttention($0, over: memory, addedTo: &$1) }
        }
        try add(norm3(x, by: last)) { try feedForward($0, addedTo: &$1, gatedBy: last.gate) }
    }
}

extension RotaryTable {
    func gathered(rows: [Int], on workers: Workers) -> RotaryTable {
        RotaryTable(cosine: cosine.gathered(rows: rows, on: workers), sine: sine.gathered(rows: rows, on: workers))
    }
}
